# syntax=docker/dockerfile:1

# ---- everything that building needs: a compiler for native TensorFlow, and the development dependencies
FROM node:22-bookworm-slim AS build
WORKDIR /game
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip make g++ ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
# Does nothing if npm could install TensorFlow; else builds its addon against the library in the Python package. Where that
# cannot be, as on arm64, it says so, and the game runs on WebAssembly.
COPY server/inference/tensorflow.ts server/inference/tensorflow.ts
RUN npm run tensorflow
COPY build.mjs tsconfig.json vite.config.ts ./
COPY shared shared
COPY server server
COPY client client
COPY models/quickdraw models/quickdraw
COPY models/ghosts models/ghosts
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund

# ---- what runs
FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /game
COPY --from=build /game/package.json ./
COPY --from=build /game/node_modules node_modules
COPY --from=build /game/models/quickdraw models/quickdraw
COPY --from=build /game/models/ghosts models/ghosts
COPY --from=build /game/dist dist
COPY PRIVACY.md ./
# A volume for donated drawings takes over its permissions.
RUN mkdir -m 777 data
USER node
EXPOSE 3000
# Node itself receives the signals: after SIGTERM the server saves what was drawn.
CMD ["node", "dist/server/main.js"]
