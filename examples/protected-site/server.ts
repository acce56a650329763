/** A shop with three pages behind the gate. `node examples/protected-site/server.ts`; settings: see README.md. */
import cors from '@fastify/cors';
import Fastify from 'fastify';
import admissionGate from './admission-gate.ts';
import { page } from './pages.ts';

const {
  PORT = '4000',
  WAITING_ROOM = 'http://127.0.0.1:3000',
  CONCERT_ID = 'demo',
  WAITING_PAGE = `${WAITING_ROOM}/docs`,
  LOG_LEVEL = 'info',
} = process.env;
const COOKIE = 'admission';

const shop = Fastify({ logger: { level: LOG_LEVEL } });
// Before the gate: the CORS preflight request of `/enter` has no token.
await shop.register(cors, {
  origin: new URL(WAITING_PAGE).origin,
  methods: ['POST'],
  allowedHeaders: ['authorization'],
  credentials: true,
});
await shop.register(admissionGate, {
  waitingRoom: WAITING_ROOM,
  concertId: CONCERT_ID,
  waitingPage: WAITING_PAGE,
  cookie: COOKIE,
});

/** The waiting page posts the admission token as bearer; the response stores it in a cookie. */
shop.post('/enter', async ({ admitted }, reply) => {
  reply.header('set-cookie', `${COOKIE}=${admitted?.token}; Path=/; HttpOnly; Secure; SameSite=Lax`);
  return reply.code(204).send();
});

shop.get('/', async ({ admitted, headers }, reply) => {
  if (headers.accept?.includes('text/html')) return reply.headers(page.headers).send(page.seats);
  return { seats: ['A1', 'A2'], reservedFor: admitted?.userId };
});

/** Completes the admission after the purchase: the slot becomes free, and the token no longer passes the gate. */
shop.post('/buy', async ({ admitted, headers: { accept } }, reply) => {
  const headers = { authorization: `Bearer ${admitted?.token}` };
  const completed = await fetch(new URL('/v1/admissions/complete', WAITING_ROOM), { method: 'POST', headers });
  // A failed completion does not fail the purchase: the slot becomes free when the admission expires.
  if (!completed.ok) shop.log.warn(`the waiting room responded with ${completed.status} to a completion`);
  if (accept?.includes('text/html')) return reply.code(201).headers(page.headers).send(page.sold);
  return reply.code(201).send({ seat: 'A1', soldTo: admitted?.userId });
});

await shop.listen({ port: Number(PORT), host: '127.0.0.1' });
