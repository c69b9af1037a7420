import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../stack/layout.ts';

interface Rule {
  /** What may stand in packages/protocol only. */
  name: string;
  pattern: RegExp;
  /** Files that may hold it all the same (the start of their path), and why. */
  allowed: Record<string, string>;
  /** What the rule must find, lest it find nothing for ever. */
  finds: string;
}

const RULES: readonly Rule[] = [
  {
    name: 'an EIP-712 type',
    pattern: /\bprimaryType:/,
    allowed: {
      'packages/sdk/src/paying-account.ts': 'the shape of whatever a wallet is asked to sign, not one message',
      'apps/gateway/test-support/strangers.ts': 'EIP-3009 CancelAuthorization: the token’s, only cancelled in a test',
      'contracts/scripts/bench/': 'EIP-3009 ReceiveWithAuthorization: the token’s, measured for its gas',
      'contracts/test/channels.test.ts': 'x402’s Voucher, forged',
    },
    finds: "primaryType: 'Receipt',",
  },
  {
    name: 'a wire schema',
    pattern: /\bz\.(?:strictObject|looseObject|object)\(/,
    allowed: {
      'apps/cli/src/ask.ts': 'OpenAI’s wire',
      'apps/cli/src/host/doctor.ts': 'what a program of the same version says',
      'apps/cli/src/host/refund.ts': 'what a program of the same version says',
      'apps/cli/src/host/tower.ts': 'a file of the gateway beside it',
      'apps/cli/src/workspace.ts': 'a file of the command itself',
      'apps/gateway/src/payment/envelope.ts': 'x402’s envelope',
      'apps/gateway/src/answer/openai-wire.ts': 'OpenAI’s wire',
      'apps/gateway/src/license/listings.ts': 'a file of the gateway itself',
      'apps/gateway/src/license/onboard.ts': 'environment and flags',
      'apps/gateway/src/onboard.ts': 'environment and flags',
      'apps/gateway/src/shortfall.ts': 'environment and flags',
      'apps/gateway/src/options.ts': 'environment',
      'apps/gateway/src/tower/options.ts': 'environment',
      'apps/indexer/src/cards/': 'cards of model files, as others write them',
      'apps/indexer/src/options.ts': 'environment',
      'apps/publisher/src/demo.ts': 'environment and flags',
      'apps/publisher/src/derive.ts': 'environment and flags',
      'apps/publisher/src/leaks.ts': 'environment and flags',
      'apps/publisher/src/licensee.ts': 'environment and flags',
      'apps/publisher/src/pay-batch.ts': 'environment and flags',
      'apps/publisher/src/payout.ts': 'environment and flags',
      'apps/publisher/src/options.ts': 'environment',
      'apps/publisher/src/publish.ts': 'environment',
      'apps/publisher/src/recipients.ts': 'environment and flags',
      'apps/publisher/src/release.ts': 'environment and flags',
      'apps/publisher/src/restore.ts': 'flags',
      'apps/publisher/src/vouch.ts': 'environment and flags',
      'apps/publisher/src/programs/publication-facts.ts': 'a run of the publisher itself',
      'apps/verifier/src/committees/edition-message.ts': 'what a process of the verifier itself says',
      'apps/verifier/src/options.ts': 'environment',
      'apps/verifier/src/sweep.ts': 'environment and flags',
      'apps/web/src/publication/own/own-keys.ts': 'the owner’s own file',
      'apps/web/src/server/options.ts': 'environment',
      'packages/fingerprint/src/import/': 'files of other schemes',
      'packages/fingerprint/src/lab/': 'reports of experiments, written and read by the lab',
      'packages/measure/src/calibration/correction.ts': 'what it fitted itself, written and read there',
      'packages/measure/src/factual/factual-precision.ts': 'its own data',
      'packages/measure/src/gap/gap-items.ts': 'its own data',
      'packages/measure/src/suite/suite-file.ts': 'DCLM’s files',
      'packages/measure/src/target/language-endpoint.ts': 'OpenAI’s wire',
      'packages/measure/test-support/read-spdx.ts': 'the classes of SPDX',
      'packages/onnx/src/data/hugging-face.ts': 'Hugging Face’s file',
      'packages/onnx/src/data/preprocessing.ts': 'a file beside the model, as its owner or Hugging Face wrote it',
      'packages/onnx/src/signature/': 'sigstore’s bundle and in-toto’s statement',
      'packages/service/src/logger.test.ts': 'an example of options',
      'packages/service/src/run.ts': 'environment',
      'packages/service/src/service.test.ts': 'an example of options',
      'packages/onnx/src/tokens/': 'Hugging Face’s files',
      'apps/cli/src/pay/journal.ts': 'the buyer’s own file',
      'apps/cli/src/pay/mcp.ts': 'what an agent is offered, in the words of MCP',
      'apps/gateway/src/engine/': 'other engines’ wires, and which is asked',
    },
    finds: 'const schema = z.strictObject({',
  },
  {
    name: 'a Merkle fold or leaf',
    pattern: /concatHex\([^;]{0,80}\?\s*\[|keccak256\(\s*keccak256\(/,
    allowed: {},
    finds: 'keccak256(concatHex(hash < other ? [hash, other] : [other, hash]))',
  },
  {
    name: 'a claim state by number',
    pattern: /\b(?:PROVING|CONTESTED|SLASHED|PAID_LATE|LAPSED)\b\s*[:=]\s*\d|'proving',\s*'contested',\s*'slashed'/,
    allowed: {},
    finds: 'const CONTESTED = 2;',
  },
  {
    name: 'the address of a host’s listing',
    pattern: /\/\.well-known\/oml/,
    allowed: {},
    finds: "app.get('/.well-known/oml')",
  },
  {
    name: 'a stranger’s code taken for one of ours',
    pattern: /\bas (?:OmlErrorCode|OmlError\['code'\])|\bcode\?: OmlErrorCode/,
    allowed: {
      'apps/publisher/src/workshop/': 'between a process and its own worker',
    },
    finds: "(answer['code'] as OmlError['code'])",
  },
];

const files = globSync('{apps,packages,contracts,e2e,scripts}/**/*.{ts,tsx,mjs}', {
  cwd: root,
  exclude: (name) => /node_modules|\.next|generated|artifacts|\/public\/|dist/.test(name),
}).filter((file) => !file.startsWith('packages/protocol/') && !file.endsWith('words-once.test.ts'));

describe('words stand once, in packages/protocol', () => {
  for (const { name, pattern, allowed, finds } of RULES) {
    it(`${name} stands nowhere else`, () => {
      const skipped = Object.keys(allowed);
      const found = files.filter(
        (file) =>
          !skipped.some((start) => file.startsWith(start)) && pattern.test(readFileSync(join(root, file), 'utf8')),
      );
      expect(found, `take it from packages/protocol, or say in ${import.meta.filename} why not`).toEqual([]);
    });

    it(`${name} would be found`, () => expect(finds).toMatch(pattern));
  }

  it('the sources are read at all', () => expect(files.length).toBeGreaterThan(400));
});
