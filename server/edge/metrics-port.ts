/** The operator's port: metrics for Prometheus, which players have no business with. */
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { Registry } from 'prom-client';

export const serveMetrics = (registry: Registry): Server =>
  createServer(async ({ method, url }, response) => {
    if (method !== 'GET' || url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': registry.contentType }).end(await registry.metrics());
  });
