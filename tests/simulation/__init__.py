"""A hall in one process: windows, server, ticket machine and printers on a virtual clock, network and disk.

``world`` has the parts, ``people`` what clerks and citizens do, ``days`` days full of faults, ``points`` one day that
is cut off at every commit, sheet and message, ``bugs`` what has to be found. What is simulated is only what lies
outside the program: services, stores (their SQL), server endpoints and clients are the program's own.
"""
