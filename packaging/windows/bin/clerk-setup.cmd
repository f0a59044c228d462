@echo off
rem The installer that stays on the PC: status, rollback, settings, prune, uninstall.
setlocal
set HOME_DIR=%~dp0..
set /p VERSION=<"%HOME_DIR%\current.txt"
if exist "%HOME_DIR%\versions\%VERSION%\clerk-setup.exe" (
    "%HOME_DIR%\versions\%VERSION%\clerk-setup.exe" --home "%HOME_DIR%" %*
) else (
    "%HOME_DIR%\versions\%VERSION%\Scripts\python.exe" -I -B "%HOME_DIR%\setup\clerk-setup.pyz" --home "%HOME_DIR%" %*
)
exit /b %errorlevel%
