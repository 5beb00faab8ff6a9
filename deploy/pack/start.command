#!/bin/sh
# Starts Doodle Derby on a Mac or on Linux. The window shows the address for the other devices, and that of
# the page that says whether the game works in this network. Closing it ends the game.
cd "$(dirname "$0")" || exit 1
if ! command -v node >/dev/null; then
  echo "Doodle Derby needs Node.js 22. Install it from https://nodejs.org, then open this file again."
  exit 1
fi
NODE_ENV=production LOG_LEVEL=error exec node dist/server/main.js
