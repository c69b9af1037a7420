import { defineConfig } from 'prisma/config';

/** Relative to this folder: the schema and the migrations stand at the repository's root. */
export default defineConfig({
  schema: '../../prisma/schema',
  migrations: { path: '../../prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://postgres:postgres@127.0.0.1:5549/oml' },
});
