/** The other side does not speak the protocol. Its message is for logs and holds nothing that the other side wrote. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
