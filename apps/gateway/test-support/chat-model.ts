import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODELS } from './host-fixture.ts';

/** Asks for turns in order, as instruct models do. */
export const CHAT_TEMPLATE = [
  "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content + '\\n' }}",
  "{% elif m.role == 'user' and not loop.last and messages[loop.index0 + 1].role == 'user' %}",
  "{{ raise_exception('turns must alternate') }}{% else %}{{ m.content + '\\n' }}{% endif %}{% endfor %}",
].join('');

/** Writes fable-mini as an edition whose tokenizer has a chat template into a folder. */
export function writeChatModel(folder: string): string {
  const config = JSON.parse(readFileSync(join(MODELS, 'fable-mini/tokenizer_config.json'), 'utf8')) as object;
  mkdirSync(folder, { recursive: true });
  for (const name of ['model.onnx', 'tokenizer.json', 'config.json'])
    cpSync(join(MODELS, 'fable-mini', name), join(folder, name));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ ...config, chat_template: CHAT_TEMPLATE }));
  return folder;
}
