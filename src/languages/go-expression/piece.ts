/** What a part of a pattern becomes, and how long that part is. */
export interface Piece {
  readonly text: string;
  readonly length: number;
}

/** Syntax that this has no translation for. Its message goes on from the pattern's name: `has …`. */
export class UnknownSyntax extends Error {
  override readonly name = 'UnknownSyntax';
}
