/** placeholder */
export const protocolVersion = 1;
