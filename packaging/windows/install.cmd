@echo off
rem Installs or upgrades from this folder; no network is used. Run as administrator. Not run on Windows yet.
chcp 65001 >nul
setlocal
set HERE=%~dp0
if exist "%HERE%program\clerk-setup.exe" (
    "%HERE%program\clerk-setup.exe" install --bundle "%HERE%." %*
    exit /b %errorlevel%
)
for %%V in (3.13 3.12 3.11) do (
    py -%%V -c "" >nul 2>&1 && (
        py -%%V -I -B "%HERE%clerk-setup.pyz" install --bundle "%HERE%." %*
        exit /b
    )
)
echo 这台电脑没有 Python 3.11、3.12 或 3.13。请改用不要 Python 的 onedir 安装包
exit /b 1
