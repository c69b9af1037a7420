import { openApiDocument } from '@oml/protocol/wire/openapi';

/** The API of every host, for programs; a host tells its own under `/openapi.json`. */
export const GET = (): Response => Response.json(openApiDocument());
