"""The FastAPI application over the hall's services."""

from __future__ import annotations

from fastapi import FastAPI

from clerk_app import __version__
from clerk_app.server import (
    bodies,
    description,
    feed,
    office_admin,
    office_case,
    office_entry,
    pages,
    routes_appointments,
    routes_cases,
    routes_desk,
    routes_dispatch,
    routes_display,
    routes_emergency,
    routes_export,
    routes_phone,
    routes_platform,
    routes_presence,
    routes_progress,
    routes_queue,
    routes_running,
    routes_sync,
    routes_voice,
    wire,
)
from clerk_app.server.calls import Activity, install_errors
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.following import Following


def create_app(desk: HallDesk, ca_pem: str, activity: Activity, hub: feed.FeedHub) -> FastAPI:
    """All endpoints over the services; the description is at ``/openapi.json`` and comes from the code."""
    app = routed()
    app.state.desk = desk
    app.state.ca_pem = ca_pem
    app.state.activity = activity
    app.state.hub = hub
    app.state.following = Following(desk)
    app.state.phone_guard = routes_phone.PhoneGuard()
    app.state.public_logs = routes_dispatch.PublicLogs(desk)
    app.state.enrol_limit = routes_display.enrol_limit()
    return app


def routed() -> FastAPI:
    """All endpoints without a hall behind them: enough for the description."""
    app = FastAPI(
        title=description.TITLE,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=description.operation_id,
        separate_input_output_schemas=False,
    )
    description.install(app)
    install_errors(app)
    app.add_middleware(bodies.Storable)
    app.add_middleware(wire.Inflating)
    app.add_middleware(wire.Speaking)
    app.include_router(routes_desk.router)
    app.include_router(routes_presence.router)
    app.include_router(routes_queue.router)
    app.include_router(routes_dispatch.router)
    app.include_router(routes_running.router)
    app.include_router(routes_appointments.router)
    app.include_router(routes_emergency.router)
    app.include_router(routes_cases.router)
    app.include_router(routes_platform.router)
    app.include_router(routes_export.router)
    app.include_router(routes_sync.router)
    app.include_router(pages.router)
    app.include_router(routes_voice.router)
    app.include_router(routes_display.router)
    app.include_router(routes_phone.router)
    app.include_router(routes_progress.router)
    for pages_of_office in (office_entry, office_case, office_admin):
        app.include_router(pages_of_office.router)
    app.include_router(feed.router)
    return app
