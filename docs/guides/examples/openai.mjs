// The official OpenAI client, as it is; `oml pay serve` listens at OPENAI_BASE_URL and pays.
import OpenAI from 'openai';

const openai = new OpenAI();
const { data } = await openai.models.list();
const model = process.argv[2] ?? data.find(({ kind }) => kind === 'language').id;
const answer = await openai.completions.create({ model, prompt: 'Once upon a time', max_tokens: 24 });
console.log(answer.choices[0].text);
console.log(answer.usage);
