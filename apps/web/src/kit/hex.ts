/** Bytes as `0x` and hexadecimal digits. */
export type Hex = `0x${string}`;

/** Of an account or a contract. */
export type Address = Hex;
