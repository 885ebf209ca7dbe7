/** What the machine is. @module */

/** One address of a network interface of this host. */
export interface InterfaceAddress {
  interface: string;
  address: string;
  family: "IPv4" | "IPv6";
}

/** What the machine is. Observes only. */
export interface Machine {
  /** The kernel's host name, as it is. */
  hostname(): string;
  /** The directory that the program was started in: where relative paths of its command line begin. */
  workingDirectory(): string;
  /** The program's environment variables. */
  environment(): Readonly<Record<string, string>>;
  /** The user id that the program runs as. */
  uid(): number;
  /** Number of CPUs that the program may use. */
  cpus(): number;
  /** All addresses of all interfaces. */
  addresses(): InterfaceAddress[];
  /** Whether a TCP listener could be opened at the address (`0.0.0.0`, `::` or one address) and port just now. */
  portIsFree(address: string, port: number): Promise<boolean>;
  /** Whether the name resolves to an address. */
  resolves(name: string): Promise<boolean>;
}
