import type { ByteSource } from './byte-source.ts';
import { modelHash } from './model-hash.ts';
import { hashRange, sha256, toHex } from './sha256.ts';
import { hashContents, type DigestedModel, type DigestOptions } from './tensor-hashes.ts';

/**
 * The digest of a model that stands on chain, `0x` and 64 hex digits: it binds every number of the file. Whatever
 * names inner tensors and nodes have, and in whichever order nodes, initializers and attributes stand, it is the same;
 * so it is for weights inside of the file, beside it, raw or as typed values. A model that stays in its files is read
 * a few megabytes at a time.
 *
 * Format: H(x) is the lower-case hex SHA-256 of the UTF-8 of `JSON.stringify(x)`; int64 and float32 numbers are written
 * as JavaScript prints them, in quotes (-0 as "-0"), bytes as lower-case hex, absent messages as "", sorted lists by
 * the UTF-16 units of their JSON.
 *
 *     digest      = 0x H(["oml-model-1", irVersion, opsets, functions, training, graph])
 *     opsets      = sorted [domain, version]; the domain "ai.onnx" is ""
 *     functions   = sorted H(["function", domain, name, overload, count of inputs, attribute names, default attributes,
 *                             opsets, nodes, outputs, annotated])
 *     training    = sorted hex SHA-256 of each TrainingInfoProto, encoded
 *     graph       = H(["graph", inputs, outputs, nodes, initializers, annotated])
 *     inputs      = [name, type], those without an initializer, in order; the name of a body's input is ""
 *     outputs     = [name, value, type], in order; a body's names are "", a function's outputs are values alone
 *     nodes       = sorted node, also those that no output needs
 *     initializers= sorted value of each initializer, dense or sparse, used or not
 *     annotated   = sorted [value, type] of value_info; "" where nothing makes that value
 *     node        = H(["node", domain, opType, overload, sorted attributes, value of each input, used outputs])
 *     used outputs= 1 for each output that has a name, 0 for one left out
 *     value       = "" where an input is left out; output i of a node: H(["output", node, i]);
 *                   input i of the graph that is d graphs deep: H(["input", d, i]), of a function H(["input", "", i]);
 *                   an initializer: tensor or sparse
 *     tensor      = H(["tensor", dataType, dims, contents]); sparse = H(["sparse", dims, tensor of values, of indices])
 *     contents    = hex SHA-256 of the little-endian elements; of strings: H(["strings", bytes of each])
 *     attribute   = [name, type, refAttrName, f, i, s, t, g, floats, ints, strings, tensors, graphs, tp, types,
 *                    sparse, sparses], tensors and graphs as above
 *     type        = ["tensor", elemType, dims], a free dim "?", dims "any" where no shape is given; other types: the hex
 *                   of their encoding; "" where none is given
 *
 * Not in it: comments, metadata, producer and model version, names of free dims, annotations of quantisation.
 *
 * Throws MODEL_INVALID (a body or function that reads what nothing before it makes, a name made twice, values out of
 * their type's range), MODEL_UNSUPPORTED (types), MODEL_TOO_LARGE (graphs in graphs beyond 16), ABORTED.
 */
export async function weightsDigest(model: DigestedModel, options: DigestOptions = {}): Promise<`0x${string}`> {
  const contents = await hashContents(model, options);
  return `0x${modelHash(model.proto, model.graph, contents)}`;
}

/** SHA-256 of a file as it is, byte for byte: the digest of a delivered edition once it is unsealed. Throws ABORTED. */
export async function fileDigest(file: Uint8Array | ByteSource, options: DigestOptions = {}): Promise<`0x${string}`> {
  if (file instanceof Uint8Array) return `0x${toHex(await sha256(file))}`;
  let done = 0;
  const advance = (bytes: number) => options.onProgress?.((done += bytes) / file.size);
  return `0x${toHex(await hashRange(file, { offset: 0, length: file.size }, advance, options.signal))}`;
}
