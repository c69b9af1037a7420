import 'server-only';
import { isName } from '@oml/protocol/evidence/name';
import { notFound, redirect } from 'next/navigation';
import { readId } from './read-id.ts';
import { readModel, readNamedModel } from './read-model.ts';

/** The number in a model's address; a registered name alone leads to the model that it points to. */
export async function modelIdOf(params: Promise<{ id: string }>): Promise<bigint> {
  const { id } = await params;
  const number = readId(id);
  if (number !== undefined) return number;
  const named = isName(id) ? (await readNamedModel(id))?.data : undefined;
  if (!named) notFound();
  redirect((await readModel(named))?.data?.address ?? `/models/${named}`);
}
