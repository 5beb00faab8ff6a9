@echo off
rem Starts Doodle Derby on Windows. The window shows the address for the other devices, and that of
rem the page that says whether the game works in this network. Closing it ends the game.
cd /d "%~dp0"
where node >nul 2>nul
if errorlevel 1 (
  echo Doodle Derby needs Node.js 22. Install it from https://nodejs.org, then open this file again.
  pause
  exit /b 1
)
set NODE_ENV=production
set LOG_LEVEL=error
node dist\server\main.js
pause
