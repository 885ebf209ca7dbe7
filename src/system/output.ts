/** The program's output. @module */

/** The reader of standard output or standard error has closed the pipe. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}
