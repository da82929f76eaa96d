/** The part of the port that looks into images. Nothing of an image runs. Rejects with an EngineError and nothing else. */
export interface ImageFiles {
  /**
   * The first of these absolute paths that an image has, as a file, a link or a folder.
   * @param labels for the container that is made for the look, never started, and removed at its end.
   */
  firstPathInImage(
    imageId: string,
    paths: readonly string[],
    labels: Readonly<Record<string, string>>,
  ): Promise<string | undefined>;
}
