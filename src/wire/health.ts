export interface HealthReply {
  readonly status: string;
  /** Of the product. */
  readonly version: string;
  readonly started_at: string;
}
