/**
 * Extensions of certificates (RFC 5280, 4.2) as Go's crypto/x509 reads them: what it refuses to read is refused, what it
 * does not handle is remembered when it is critical.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/parser.go
 * @module
 */
import { type Bits, DerReader, ia5, Malformed, TAG } from "./der.ts";
import { type NameConstraints, readNameConstraints } from "./name_constraints.ts";

/** Bits of KeyUsage, counted from the left (RFC 5280, 4.2.1.3). */
export const KEY_USAGE = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5 } as const;

/** What the extensions of a certificate say. */
export interface Extensions {
  /** Absent: there is no such extension. `pathLength`: how many intermediates may follow. */
  basicConstraints?: { readonly authority: boolean; readonly pathLength?: number };
  /** Bits that are set; absent or none: any use is allowed, to Go. */
  keyUsage?: ReadonlySet<number>;
  /** Object identifiers of the extended key usages; absent or none: any. */
  purposes: readonly string[];
  dnsNames: readonly string[];
  ipAddresses: readonly Uint8Array<ArrayBuffer>[];
  emailAddresses: readonly string[];
  uris: readonly string[];
  keyIdentifier?: Uint8Array<ArrayBuffer>;
  nameConstraints?: NameConstraints;
  /** Object identifiers of critical extensions that Go does not handle: no chain with such a certificate is valid. */
  unhandledCritical: readonly string[];
  /** Object identifiers of all of them. */
  present: readonly string[];
}

/** Reads the list of extensions. @throws {Malformed} when Go would not read the certificate. */
export function readExtensions(list: DerReader): Extensions {
  const extensions: Extensions = {
    purposes: [],
    dnsNames: [],
    ipAddresses: [],
    emailAddresses: [],
    uris: [],
    unhandledCritical: [],
    present: [],
  };
  const parsed: [oid: string, critical: boolean, value: Uint8Array<ArrayBuffer>][] = [];
  while (!list.done) {
    const extension = list.within(TAG.sequence, "extension");
    const oid = extension.objectIdentifier("extension identifier");
    const critical = extension.next(TAG.boolean) && extension.boolean("extension");
    const { content } = extension.element(TAG.octetString, "extension value");
    if (parsed.some(([other]) => other === oid)) throw new Malformed(`it has the extension ${oid} twice`);
    parsed.push([oid, critical, content]);
  }
  const unhandled: string[] = [];
  for (const [oid, critical, value] of parsed) {
    const read = READERS[oid];
    const handled = read?.(extensions, new DerReader(value), critical) ?? read !== undefined;
    if (critical && !handled) unhandled.push(oid);
  }
  return { ...extensions, unhandledCritical: unhandled, present: parsed.map(([oid]) => oid) };
}

/** Reads the value of one extension; false when it counts as not handled. */
type Read = (into: Extensions, value: DerReader, critical: boolean) => boolean | void;

function neverCritical(critical: boolean, name: string): void {
  if (critical) throw new Malformed(`its ${name} is marked critical`);
}

const READERS: Readonly<Record<string, Read>> = {
  "2.5.29.15": (into, value) => void (into.keyUsage = setBits(value.bits("key usage"))),
  "2.5.29.19": (into, value) => {
    const what = "basic constraints";
    const sequence = value.within(TAG.sequence, what);
    const authority = sequence.next(TAG.boolean) && sequence.boolean(what);
    if (!sequence.next(TAG.integer)) return void (into.basicConstraints = { authority });
    const pathLength = sequence.integer(what);
    if (pathLength < 0n || pathLength >= 1n << 63n) throw new Malformed(`invalid ${what}`);
    into.basicConstraints = { authority, pathLength: Number(pathLength) };
  },
  "2.5.29.17": readAlternativeNames,
  "2.5.29.30": (into, value) => {
    const { constraints, unhandled } = readNameConstraints(value);
    into.nameConstraints = constraints;
    return !unhandled;
  },
  "2.5.29.37": (into, value) => {
    const usages = value.within(TAG.sequence, "extended key usages");
    const purposes: string[] = [];
    while (!usages.done) purposes.push(usages.objectIdentifier("extended key usages"));
    into.purposes = purposes;
  },
  "2.5.29.14": (into, value, critical) => {
    neverCritical(critical, "subject key identifier");
    into.keyIdentifier = value.element(TAG.octetString, "subject key identifier").content.slice();
  },
  "2.5.29.35": (_, value, critical) => {
    neverCritical(critical, "authority key identifier");
    const sequence = value.within(TAG.sequence, "authority key identifier");
    sequence.optional(TAG.context(0), "authority key identifier");
  },
  "1.3.6.1.5.5.7.1.1": (_, value, critical) => {
    neverCritical(critical, "authority information access");
    const what = "authority information access";
    const accesses = value.within(TAG.sequence, what);
    while (!accesses.done) {
      const access = accesses.within(TAG.sequence, what);
      access.objectIdentifier(what);
      access.optional(TAG.context(6), what);
    }
  },
  "2.5.29.31": (_, value) => {
    const what = "CRL distribution points";
    const points = value.within(TAG.sequence, what);
    while (!points.done) {
      const name = points.within(TAG.sequence, what).optional(TAG.context(0, true), what);
      if (!name) continue;
      const uris = new DerReader(name).within(TAG.context(0, true), what);
      while (uris.next(TAG.context(6))) uris.any(what);
    }
  },
  "2.5.29.32": (_, value) => {
    const what = "certificate policies";
    const policies = value.within(TAG.sequence, what);
    const seen = new Set<string>();
    while (!policies.done) {
      const policy = policies.within(TAG.sequence, what).element(TAG.objectIdentifier, what).content.toHex();
      // Subidentifiers may be longer here than Go's numbers, but not end in the middle or begin with zeros.
      if (seen.has(policy) || !/^(?!80)(?:[89a-f].)*[0-7].(?:(?!80)(?:[89a-f].)*[0-7].)*$/.test(policy)) {
        throw new Malformed(`invalid ${what}`);
      }
      seen.add(policy);
    }
  },
  "2.5.29.33": (_, value) => {
    const mappings = value.within(TAG.sequence, "policy mappings");
    while (!mappings.done) {
      const mapping = mappings.within(TAG.sequence, "policy mappings");
      for (let i = 0; i < 2; i++) mapping.element(TAG.objectIdentifier, "policy mappings");
    }
  },
  "2.5.29.36": (_, value) => {
    const constraints = value.within(TAG.sequence, "policy constraints");
    for (const tag of [0, 1]) constraints.optional(TAG.context(tag), "policy constraints");
  },
  "2.5.29.54": (_, value) => void value.integer("inhibit any policy"),
};

function setBits({ bytes, length }: Bits): ReadonlySet<number> {
  const at = (i: number) => i < length && (bytes[i >> 3]! & 0x80 >> (i & 7)) !== 0;
  return new Set(Array.from({ length: 9 }, (_, i) => i).filter(at));
}

/** Without a name of a kind that Go reads, the extension counts as not handled. */
function readAlternativeNames(into: Extensions, value: DerReader): boolean {
  const names = value.within(TAG.sequence, "subject alternative names");
  const [dnsNames, emailAddresses, uris]: [string[], string[], string[]] = [[], [], []];
  const ipAddresses: Uint8Array<ArrayBuffer>[] = [];
  const text = (content: Uint8Array, what: string) => {
    const read = ia5(content);
    if (read === undefined) throw new Malformed(`malformed ${what} among its subject alternative names`);
    return read;
  };
  while (!names.done) {
    const { tag, content } = names.any("subject alternative name");
    if (tag === TAG.context(1)) emailAddresses.push(text(content, "e-mail address"));
    else if (tag === TAG.context(2)) dnsNames.push(text(content, "DNS name"));
    else if (tag === TAG.context(6)) uris.push(checkedUri(text(content, "URI")));
    else if (tag === TAG.context(7)) {
      if (content.length !== 4 && content.length !== 16) {
        throw new Malformed(`an IP address of ${content.length} octets among its subject alternative names`);
      }
      ipAddresses.push(content.slice());
    }
  }
  Object.assign(into, { dnsNames, emailAddresses, uris, ipAddresses });
  return dnsNames.length + emailAddresses.length + uris.length + ipAddresses.length > 0;
}

/** The errors of Go's url.Parse that a URI in a certificate can have. */
function checkedUri(uri: string): string {
  // deno-lint-ignore no-control-regex -- these are what is looked for
  const invalid = /[\0-\x1f\x7f]/.test(uri) || /%(?![0-9A-Fa-f]{2})/.test(uri) || uri.startsWith(":");
  if (invalid) throw new Malformed("malformed URI among its subject alternative names");
  return uri;
}
