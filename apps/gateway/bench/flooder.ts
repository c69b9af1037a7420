// A process that asks CALL again and again with vouchers that nobody signed, RATE times a second, whatever it hears.
import { randomBytes } from 'node:crypto';
import { paymentHeader, send } from './payer.ts';

const { CALL, PAYMENT, RATE } = process.env as Record<string, string>;
const call = JSON.parse(CALL!) as Parameters<typeof send>[0];
const payment = JSON.parse(PAYMENT!) as Parameters<typeof paymentHeader>[0];
const content = payment.payload as { voucher: object };
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
    const voucher = { ...content.voucher, signature };
    void send(call, paymentHeader({ ...payment, payload: { ...content, voucher } }))
      .catch(() => undefined)
      .finally(() => underWay--);
  }
}, EVERY_MS);
