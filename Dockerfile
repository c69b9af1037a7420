# syntax=docker/dockerfile:1.7-labs
# One image for every part of OML: the same sources that `npm start` runs, built once.
FROM node:24-bookworm-slim AS build
WORKDIR /oml
ENV NEXT_TELEMETRY_DISABLED=1 TURBO_TELEMETRY_DISABLED=1 PRISMA_HIDE_UPDATE_MESSAGE=1 HARDHAT_DISABLE_TELEMETRY_PROMPT=true
# Manifests first: dependencies are a layer of their own that a change of sources leaves alone.
COPY package.json package-lock.json .npmrc ./
COPY --parents apps/*/package.json packages/*/package.json contracts/package.json e2e/package.json ./
RUN npm ci --loglevel=error
COPY . .
RUN npm run build

FROM node:24-bookworm-slim
WORKDIR /oml
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 DATA_DIR=/data
RUN mkdir /data /shared && chown node:node /data /shared
COPY --from=build --chown=node:node /oml /oml
USER node
VOLUME ["/data", "/shared"]
# Which part runs is the command of each service in docker-compose.yml.
CMD ["node", "--version"]
