export const COMMAND = 'npm run bench -w packages/measure';
