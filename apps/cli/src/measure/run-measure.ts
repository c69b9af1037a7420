import { measure, type Measured } from '@oml/measure/measure';
import type { Job, Method, Reads, Settings } from '@oml/measure/method';
import type { AnyMethod } from '@oml/measure/methods';
import { OmlError } from '@oml/protocol/error';
import { readdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { CommandContext } from '../command.ts';
import { readFiles } from '../files.ts';
import { openJudge, openTarget, type JudgeOptions, type TargetOptions } from './open-target.ts';

/** What is measured, with what. */
export interface Asked extends TargetOptions, JudgeOptions {
  target: string;
  data: string;
  against?: string;
  settings: Settings;
  /** Shown to whoever wants to measure again. */
  command: string;
}

/** Opens target and data, and measures. */
export async function runMeasure(
  method: AnyMethod,
  asked: Asked,
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
): Promise<Measured> {
  const data = await readData(asked.data);
  const judging = await judgeFor(method, asked, signal);
  const opened = await openTarget(method, asked.target, asked, signal);
  const against = asked.against ? await openAgainst(method, asked.against, signal) : undefined;
  try {
    const job = {
      target: opened.target,
      ...(against ? { against: against.target } : {}),
      ...(judging ? { judge: judging.judge } : {}),
      data,
      settings: {
        ...(judging ? { judge: judging.name } : {}),
        ...asked.settings,
        ...(against ? { against: against.release } : {}),
      },
      signal,
      onProgress: output.progress,
    };
    return await measure(method as Method<Reads>, job as Job<Reads>, {
      release: opened.release,
      target: opened.kind,
      dataName: basename(resolve(asked.data)),
      command: asked.command,
      measuredAt: Math.floor(Date.now() / 1000),
    });
  } finally {
    await opened.close();
    await against?.close();
  }
}

async function openAgainst(method: AnyMethod, path: string, signal: AbortSignal) {
  if (method.against) return openTarget(method, path, {}, signal);
  throw new OmlError('REQUEST_INVALID', `${method.name} looks at one model: leave --against out.`);
}

async function judgeFor(method: AnyMethod, asked: JudgeOptions, signal: AbortSignal) {
  const judging = await openJudge(asked, signal);
  if (!judging || method.judge) return judging;
  throw new OmlError('REQUEST_INVALID', `${method.name} judges by itself: leave --judge out.`);
}

/** A file, or every file of a folder. Throws REQUEST_INVALID for an empty one. */
async function readData(path: string) {
  const files = await readFiles(path);
  if (files.size > 0) return files;
  throw new OmlError(
    'REQUEST_INVALID',
    `${path} holds no file: ${(await readdir(path)).length} entries, none of them one.`,
  );
}
