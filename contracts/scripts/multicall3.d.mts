/** Places Multicall3 on a dev chain that lacks it. */
export function placeMulticall3(client: { getCode: unknown; call: unknown; request: unknown }): Promise<void>;
