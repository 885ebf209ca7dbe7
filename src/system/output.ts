/** Where lines and texts of the program go. @module */

/** Nobody reads standard output or error any more: the other end of the pipe is closed. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}
