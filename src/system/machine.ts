/** Properties of the machine. @module */

/** One address of a network interface of this host. */
export interface InterfaceAddress {
  interface: string;
  address: string;
  family: "IPv4" | "IPv6";
}

/** Properties of the machine. Observes only. */
export interface Machine {
  /** The kernel's host name, unchanged. */
  hostname(): string;
  /** The directory in which the program was started: relative paths of its command line refer to it. */
  workingDirectory(): string;
  /** The program's environment variables. */
  environment(): Readonly<Record<string, string>>;
  /** The user id that the program runs as. */
  uid(): number;
  /** Number of CPUs that the program may use. */
  cpus(): number;
  /** All addresses of all interfaces. */
  addresses(): InterfaceAddress[];
  /** Whether a TCP listener can be opened at the address (`0.0.0.0`, `::` or one address) and port now. */
  portIsFree(address: string, port: number): Promise<boolean>;
  /** Whether the name resolves to an address. */
  resolves(name: string): Promise<boolean>;
}
