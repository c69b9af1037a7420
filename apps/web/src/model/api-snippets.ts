import type { ModelKind } from '@oml/protocol/wire/model-kind';

/** A program to paste, that asks one model one question through `oml pay serve`. */
export interface Snippet {
  language: 'curl' | 'Python' | 'TypeScript';
  /** What it needs beside the two variables that `oml pay serve` prints. */
  needs: string;
  text: string;
}

/** From nothing to a paid answer; `serve` keeps its terminal and prints the two variables that the programs read. */
export const SETUP = `npx oml pay keys
npx oml pay serve --per-day 0.50`;

/** The model's number is what is asked for: names need not be unique. */
export function apiSnippets({ modelId, kind }: { modelId: string; kind: ModelKind }): Snippet[] {
  return kind === 'language' ? completion(modelId) : classification(modelId);
}

const completion = (model: string): Snippet[] => [
  {
    language: 'curl',
    needs: 'nothing else',
    text: `curl -s "$OPENAI_BASE_URL/completions" \\
  -H "authorization: Bearer $OPENAI_API_KEY" \\
  -H "content-type: application/json" \\
  -d '{"model": "${model}", "prompt": "Once upon a time", "max_tokens": 24}'`,
  },
  {
    language: 'Python',
    needs: 'nothing else; the openai package reads the same two variables',
    text: `import json, os, urllib.request

request = urllib.request.Request(
    os.environ["OPENAI_BASE_URL"] + "/completions",
    data=json.dumps({"model": "${model}", "prompt": "Once upon a time", "max_tokens": 24}).encode(),
    headers={"authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "content-type": "application/json"},
)
answer = json.load(urllib.request.urlopen(request))
print(answer["choices"][0]["text"])
print(answer["usage"])`,
  },
  {
    language: 'TypeScript',
    needs: 'npm install openai',
    text: `import OpenAI from 'openai';

const client = new OpenAI();
const answer = await client.completions.create({ model: '${model}', prompt: 'Once upon a time', max_tokens: 24 });
console.log(answer.choices[0]?.text);
console.log(answer.usage);`,
  },
];

/** One grey image of 28 x 28 pixels; a model of another size says so in its card. */
const classification = (model: string): Snippet[] => [
  {
    language: 'curl',
    needs: 'nothing else',
    text: `curl -s "$OPENAI_BASE_URL/classify" \\
  -H "authorization: Bearer $OPENAI_API_KEY" \\
  -H "content-type: application/json" \\
  -d "{\\"model\\": \\"${model}\\", \\"dtype\\": \\"uint8\\", \\"shape\\": [1, 1, 28, 28],
       \\"data\\": \\"$(head -c 784 /dev/zero | base64 | tr -d '\\n')\\"}"`,
  },
  {
    language: 'Python',
    needs: 'nothing else',
    text: `import base64, json, os, urllib.request

image = bytes(28 * 28)
body = {"model": "${model}", "dtype": "uint8", "shape": [1, 1, 28, 28], "data": base64.b64encode(image).decode()}
request = urllib.request.Request(
    os.environ["OPENAI_BASE_URL"] + "/classify",
    data=json.dumps(body).encode(),
    headers={"authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "content-type": "application/json"},
)
print(json.load(urllib.request.urlopen(request)))`,
  },
  {
    language: 'TypeScript',
    needs: 'nothing else',
    text: `const image = new Uint8Array(28 * 28);
const response = await fetch(\`\${process.env.OPENAI_BASE_URL}/classify\`, {
  method: 'POST',
  headers: { authorization: \`Bearer \${process.env.OPENAI_API_KEY}\`, 'content-type': 'application/json' },
  body: JSON.stringify({
    model: '${model}',
    dtype: 'uint8',
    shape: [1, 1, 28, 28],
    data: Buffer.from(image).toString('base64'),
  }),
});
console.log(await response.json());`,
  },
];
