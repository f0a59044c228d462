@echo off
rem What this PC is for; ticket machines and displays start again when they end badly.
setlocal
call "%~dp0..\pc.cmd"
if "%CLERK_ROLE%"=="server" (
    call "%~dp0clerk.cmd" server --host 0.0.0.0 --port 8443
    exit /b
)
:again
call "%~dp0clerk.cmd" %CLERK_ROLE%
if %errorlevel%==0 exit /b 0
if "%CLERK_ROLE%"=="kiosk" goto wait
if "%CLERK_ROLE%"=="display" goto wait
exit /b
:wait
timeout /t 3 /nobreak >nul
goto again
