// A process that asks CALL again and again with payments that nobody signed, RATE times a second, whatever it hears:
// one of PAYMENTS after the other, vouchers and `exact` ones.
import { randomBytes } from 'node:crypto';
import { paymentHeader, send } from './payer.ts';

const { CALL, PAYMENTS, RATE } = process.env as Record<string, string>;
const call = JSON.parse(CALL!) as Parameters<typeof send>[0];
const payments = JSON.parse(PAYMENTS!) as Parameters<typeof paymentHeader>[0][];
const EVERY_MS = 20;
const MOST_UNDER_WAY = 500;

let underWay = 0;
let sent = 0;
const since = performance.now();
setInterval(() => {
  const due = Math.floor(((performance.now() - since) / 1_000) * Number(RATE));
  for (; sent < due; sent++) {
    if (underWay >= MOST_UNDER_WAY) continue;
    underWay++;
    const signature = `0x${randomBytes(32).toString('hex')}${'1'.padStart(64, '0')}1b`;
    const payment = payments[sent % payments.length]!;
    const { voucher } = payment.payload as { voucher?: object };
    const forged = voucher ? { voucher: { ...voucher, signature } } : { signature };
    void send(call, paymentHeader({ ...payment, payload: { ...payment.payload, ...forged } }))
      .catch(() => undefined)
      .finally(() => underWay--);
  }
}, EVERY_MS);
