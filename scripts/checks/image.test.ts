import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDockerfile } from '../compose/dockerfile.ts';
import { buildImage, mayUnshare, runImage, type Image } from '../compose/image.ts';
import { root } from '../stack/layout.ts';

const DOCKERFILE = `FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY --parents kept ./
RUN node -p process.versions.node > version && cat kept/a.txt > made
FROM node:24-bookworm-slim
WORKDIR /app
ENV GREETING=hello
COPY --from=build --chown=node:node /app /app
USER node
VOLUME ["/data"]
ENTRYPOINT ["sh", "-c"]
CMD ["echo $GREETING; cat made"]`;

describe.skipIf(!mayUnshare())('the steps of a Dockerfile, without a container engine', () => {
  let scratch: string;
  let image: Image;
  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'oml-image-test-'));
    const context = join(scratch, 'context');
    for (const folder of ['kept', 'left']) {
      mkdirSync(join(context, folder), { recursive: true });
      writeFileSync(join(context, folder, 'a.txt'), `${folder}\n`);
    }
    const steps = readDockerfile(DOCKERFILE);
    const files = ['kept/a.txt', 'left/a.txt'];
    image = await buildImage({ steps, context, files, scratch: join(scratch, 'stages'), say: () => {} });
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const says = (...args: string[]) =>
    new Promise<string>((resolve) => {
      const child = runImage(image, ...(args.length > 0 ? [args] : []));
      let said = '';
      for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (said += String(text)));
      child.once('close', () => resolve(said));
    });

  it('leave what they made, and nothing that they did not copy', async () => {
    expect(await says()).toBe('hello\nkept\n');
    expect(readFileSync(join(image.root, 'app/version'), 'utf8').trim()).toBe(process.versions.node);
    expect(existsSync(join(image.root, 'app/left'))).toBe(false);
  });

  it('see no more of this machine than the base image would bring', async () => {
    expect(await says('ls /data; ls -d /app')).toBe('/app\n');
    expect(await says(`ls ${root}`)).toContain('No such file');
    expect(await says('touch /usr/made')).toMatch(/Read-only|Permission denied/);
  });

  it('end, with all that they started, when they are killed', async () => {
    const child = runImage(image, ['sleep 600 & echo started; wait']);
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    child.kill('SIGKILL');
    // Both pipes are closed by the last process that has them.
    await new Promise((resolve) => child.once('close', resolve));
  });

  it('say which of them failed, and what it said', async () => {
    const steps = readDockerfile('FROM node:24-bookworm-slim\nRUN echo because >&2; exit 3');
    const building = buildImage({ steps, context: scratch, files: [], scratch: join(scratch, 'bad'), say: () => {} });
    await expect(building).rejects.toThrow(/ended with 3:\nbecause/);
  });
});
