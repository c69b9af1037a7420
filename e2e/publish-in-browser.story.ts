import { devDollarAbi, modelRegistryAbi, parametersAbi } from '@oml/contracts/abis';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../scripts/stack/layout.ts';
import { actors, connectRpc, deployment, until, urlOf } from './stack.ts';
import { connectWallet, visit, type Visitor } from './visitor.ts';
import { write } from './write.ts';

const OWNER = actors.outsider;
const NAMES = ['model.onnx', 'README.md', 'ordinary.u8', 'heldout.u8', 'heldout.labels.u8'];
const KEPT = /^digits-at-home-[0-9a-f]{8}\.keys\.json$/;

let visitor: Visitor;
/** All that the page told anybody. */
const told: string[] = [];
beforeAll(async () => {
  const { token, parameters } = deployment().contracts;
  const fee = await connectRpc().readContract({ address: parameters, abi: parametersAbi, functionName: 'codeBookFee' });
  const dollars = { address: token, abi: devDollarAbi } as const;
  await write(OWNER, { ...dollars, functionName: 'mint', args: [OWNER.address, fee] });
  visitor = await visit(OWNER.account);
  // Nobody can answer the window of the operating system: what is saved lands in the browser's own files.
  await visitor.page.addInitScript(() => {
    const showSaveFilePicker = async ({ suggestedName }: { suggestedName: string }) =>
      (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
    Object.assign(window, { showSaveFilePicker });
  });
  visitor.page.on('request', (request) => void told.push(request.url(), request.postData() ?? ''));
});
afterAll(() => visitor?.leave());

/** Only to notice a hang: a busy machine draws and marks for minutes. */
const HANG_MS = 600_000;
const press = (testId: string) => visitor.page.getByTestId(testId).click({ timeout: HANG_MS });
const saved = () =>
  visitor.page.evaluate(async () => {
    const files: Record<string, { text: string; size: number }> = {};
    const folder = await navigator.storage.getDirectory();
    for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemFileHandle]>)
      await handle.getFile().then(async (file) => (files[name] = { text: await file.text(), size: file.size }));
    return files;
  });
const keysIn = (files: Awaited<ReturnType<typeof saved>>) =>
  JSON.parse(Object.entries(files).find(([name]) => KEPT.test(name))![1].text) as {
    secret: string;
    codeBook: { root: string };
    marked?: { weightsDigest: string; report: { success: number; verified: number } };
  };

it('an owner without a publisher marks digits in the browser and mints it', async () => {
  await visitor.go('/publish');
  await connectWallet(visitor);
  await visitor.page.getByTestId('publish-file').setInputFiles(NAMES.map((name) => join(root, 'models/digits', name)));
  await visitor.text('publish-inspection', /opset/i);
  await visitor.page.getByTestId('publish-name').fill('digits at home');
  await visitor.page.getByTestId('way-own').check();
  await press('own-draw');
  await press('own-keep');
  await press('own-commit');
  await visitor.page.locator('[data-testid^="round-post-"]').click();
  await press('own-mark');
  await visitor.text('own-report', /Answered as released/, HANG_MS);
  await visitor.shoot('publish-in-browser');
  await press('own-save');
  await press('own-keep');
  await press('own-mint');
  const [, modelId] = /Model (\d+) is minted/.exec(await visitor.text('own-done', /is minted/))!;

  const files = await saved();
  const { secret, codeBook, marked } = keysIn(files);
  expect(marked!.report).toMatchObject({ success: 1, verified: 1 });
  expect(files['model.onnx']!.size).toBe(statSync(join(root, 'models/digits/model.onnx')).size);
  const registry = { address: deployment().contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const release = await connectRpc().readContract({
    ...registry,
    functionName: 'releaseOf',
    args: [BigInt(modelId!), 1],
  });
  expect(release.root).toBe(codeBook.root);
  const page = await until('the index to know the model', async () => {
    const response = await fetch(`${urlOf('web')}/models/${modelId}/files`);
    return response.ok ? response.text() : undefined;
  });
  expect(page).toContain(marked!.weightsDigest);
  expect(told.filter((text) => text.includes(secret.slice(2)))).toEqual([]);
  expect(visitor.errors).toEqual([]);
});
