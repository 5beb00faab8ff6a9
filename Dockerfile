# syntax=docker/dockerfile:1

# ---- everything that building needs: the native TensorFlow, and the page
FROM node:20-bookworm-slim AS build
WORKDIR /game
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip make g++ ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json vite.config.ts ./
COPY shared shared
COPY server server
# Does nothing where npm could install TensorFlow; else builds its addon against the library in the Python package.
RUN npm run tensorflow
COPY client client
COPY models/quickdraw models/quickdraw
RUN npm run build
# What only building and testing need stays behind. TensorFlow's headers and the sources of its addon do, too.
RUN npm prune --omit=dev --no-audit --no-fund --ignore-scripts \
  && cd node_modules && rm -rf vite rolldown @rolldown lightningcss* svelte @sveltejs typescript perfect-freehand pino-pretty \
    @tensorflow/tfjs-node/deps/include @tensorflow/tfjs-node/build @tensorflow/tfjs-node/src

# ---- what runs
FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /game
COPY --from=build /game/package.json /game/tsconfig.json ./
COPY --from=build /game/node_modules node_modules
COPY --from=build /game/shared shared
COPY --from=build /game/server server
COPY --from=build /game/models/quickdraw models/quickdraw
COPY --from=build /game/dist dist
USER node
EXPOSE 3000
# Node itself gets the signals: SIGTERM keeps what was drawn.
CMD ["node", "--import", "tsx", "server/main.ts"]
