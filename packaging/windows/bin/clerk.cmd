@echo off
rem The active version's program, with this PC's data folder and the fonts that came with the version.
setlocal
set HOME_DIR=%~dp0..
set /p VERSION=<"%HOME_DIR%\current.txt"
call "%HOME_DIR%\pc.cmd"
if not defined CLERK_CACHE set CLERK_CACHE=%HOME_DIR%\versions\%VERSION%\cache
if exist "%HOME_DIR%\versions\%VERSION%\clerk.exe" (
    "%HOME_DIR%\versions\%VERSION%\clerk.exe" %*
) else (
    "%HOME_DIR%\versions\%VERSION%\Scripts\clerk.exe" %*
)
exit /b %errorlevel%
