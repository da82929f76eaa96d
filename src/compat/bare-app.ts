import express, { type Express } from 'express';
import { hostRules, type HostRules } from '../http/host-rules.ts';
import { identify } from '../http/request-id.ts';

/** An app without routes, which web pages of others cannot call: what every compatibility API begins with. */
export function bareApp(rules: HostRules): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.use(identify, hostRules(rules));
  return app;
}
