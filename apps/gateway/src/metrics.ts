import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EnterQueue } from './answer/queue.ts';
import type { ServeCall } from './answer/serve.ts';
import type { Signing } from './answer/receipts.ts';
import type { Look } from './health/look.ts';
import { BOOK_WITHIN_MS } from './vault/backlog.ts';

/** What a gateway measures beside its requests: it hooks into what serves, and writes down what was looked at. */
export interface GatewayMetrics {
  /** The same line, counted. */
  countPlaces(enter: EnterQueue): EnterQueue;
  /** The same service; `onRun` hears how each run of a model ended. */
  timeRuns(serve: ServeCall, onRun?: (model: string, failure: unknown) => void): ServeCall;
  /** Counts what was earned. */
  onReceipt: NonNullable<Signing['onReceipt']>;
  /** Writes down what the last look saw. */
  show(look: Look): void;
}

/** Names are those of Prometheus: amounts in the token's smallest unit, gas in wei, times in seconds. */
export function createGatewayMetrics(
  registry: Registry,
  models: readonly { model: string; licenseId: bigint }[],
): GatewayMetrics {
  const registers = [registry];
  const labelNames = ['model'];
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const lines = (name: string, help: string) => new Gauge({ name, help, labelNames, registers });

  const answers = counter('oml_answers_total', 'Answers that were paid for and given');
  const income = counter('oml_income_units_total', 'What they were charged, smallest unit of the token');
  const failures = counter('oml_answer_failures_total', 'Runs of a model that failed');
  const inLine = lines('oml_calls_in_line', 'Calls that hold a place, running or waiting');
  const running = lines('oml_calls_running', 'Runs of a model under way');
  const seconds = new Histogram({
    name: 'oml_answer_seconds',
    help: 'Time of a run',
    labelNames,
    registers,
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
  });
  const gas = gauge('oml_gas_wei', 'What the gas account has left');
  const bookings = gauge('oml_gas_bookings', 'Bookings that it pays for at the present gas price');
  const backlog = gauge('oml_backlog_units', 'Answered and not booked yet, smallest unit of the token');
  const backlogUses = gauge('oml_backlog_uses', 'Payments and channels that are not booked yet');
  const deadline = gauge('oml_backlog_deadline_timestamp_seconds', 'When the oldest must be booked; 0: nothing waits');
  const contests = gauge('oml_contests_open', 'Claims against this host that have not ended');
  const serving = lines('oml_serving', '1: its license stands and is covered');
  for (const { model } of models) for (const metric of [answers, income, failures]) metric.inc({ model }, 0);
  const nameOf = new Map(models.map(({ model, licenseId }) => [licenseId, model]));

  return {
    countPlaces: (enter) => (model, payer, peer) => {
      const place = enter(model, payer, peer);
      inLine.inc({ model });
      let isTaken = true;
      return {
        ...place,
        leave() {
          place.leave();
          if (isTaken) inLine.dec({ model });
          isTaken = false;
        },
      };
    },
    timeRuns: (serve, onRun) => (c, received, call) => {
      const { model } = call.model;
      const run: typeof call.run = async (emit) => {
        running.inc({ model });
        const stop = seconds.startTimer({ model });
        try {
          const outcome = await call.run(emit);
          onRun?.(model, undefined);
          return outcome;
        } catch (error) {
          failures.inc({ model });
          onRun?.(model, error);
          throw error;
        } finally {
          stop();
          running.dec({ model });
        }
      };
      return serve(c, received, { ...call, run });
    },
    onReceipt({ licenseId, amount }) {
      const labels = { model: nameOf.get(licenseId) ?? String(licenseId) };
      answers.inc(labels);
      income.inc(labels, Number(amount));
    },
    show(look) {
      gas.set(Number(look.gas.balance));
      bookings.set(look.gas.bookings);
      backlog.set(Number(look.backlog.amount));
      backlogUses.set(look.backlog.uses);
      deadline.set(look.backlog.since === undefined ? 0 : (look.backlog.since + BOOK_WITHIN_MS) / 1_000);
      contests.set(look.contests.length);
      for (const { model, why } of look.standing) serving.set({ model }, why === undefined ? 1 : 0);
    },
  };
}
