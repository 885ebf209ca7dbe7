/**
 * The expiration of certificates, in kubeadm's format.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/apis/output/v1alpha3/types.go
 * @module
 */
import { table } from "../../text/table.ts";
import type { Found } from "./renewables.ts";

/** One certificate of a CertificateExpirationInfo. */
export interface ExpirationEntry {
  name: string;
  /** RFC 3339, UTC; null for a missing certificate. */
  expirationDate: string | null;
  /** Seconds left; negative when it has expired. */
  residualTime: number;
  externallyManaged: boolean;
  /** Absent for authorities. */
  caName?: string;
  /** Also true for a file that cannot be read. */
  missing: boolean;
}

/** `output.kubeadm.k8s.io/v1alpha3`, kind CertificateExpirationInfo. */
export interface ExpirationInfo {
  apiVersion: "output.kubeadm.k8s.io/v1alpha3";
  kind: "CertificateExpirationInfo";
  certificates: ExpirationEntry[];
  certificateAuthorities: ExpirationEntry[];
}

/** The entry of one certificate. */
export function expirationEntry(
  name: string,
  found: Found,
  externallyManaged: boolean,
  now: Date,
  caName?: string,
): ExpirationEntry {
  if (found.state !== "present") {
    return { name, expirationDate: null, residualTime: 0, externallyManaged: false, missing: true };
  }
  const { notAfter } = found.certificate;
  return {
    name,
    expirationDate: `${notAfter.toISOString().slice(0, 19)}Z`,
    residualTime: Math.trunc((notAfter.getTime() - now.getTime()) / 1000),
    externallyManaged,
    ...caName === undefined ? {} : { caName },
    missing: false,
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Nov 22, 2027 20:22 UTC`. */
export function formatExpiration(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}, ${date.getUTCFullYear()}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

/** A duration in the format of Kubernetes' tools: `364d`, `9y`, `7d5h`, `<invalid>` when negative. */
export function formatSpan(seconds: number): string {
  const both = (a: string, b: number, unit: string) => b === 0 ? a : `${a}${b}${unit}`;
  const minutes = Math.trunc(seconds / 60);
  const hours = Math.trunc(minutes / 60);
  const days = Math.trunc(hours / 24);
  const years = Math.trunc(days / 365);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return both(`${minutes}m`, seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return both(`${hours}h`, minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  if (days < 8) return both(`${days}d`, hours % 24, "h");
  if (years < 2) return `${days}d`;
  if (years < 8) return both(`${years}y`, days % 365, "d");
  return `${years}y`;
}

/** A table in kubeadm's format: columns of at least ten characters. */
function columns(rows: readonly (readonly string[])[]): string {
  return table(rows, { least: 10 });
}

const span = ({ residualTime }: ExpirationEntry) => formatSpan(residualTime);
const date = ({ expirationDate }: ExpirationEntry) => formatExpiration(new Date(expirationDate!));
const external = (entry: ExpirationEntry) => entry.externallyManaged ? "yes" : "no";

/** kubeadm's two tables. */
export function expirationTables({ certificates, certificateAuthorities }: ExpirationInfo): string {
  const leaves = [
    ["CERTIFICATE", "EXPIRES", "RESIDUAL TIME", "CERTIFICATE AUTHORITY", "EXTERNALLY MANAGED"],
    ...certificates.map((entry) =>
      entry.missing
        ? [`!MISSING! ${entry.name}`]
        : [entry.name, date(entry), span(entry), entry.caName ?? "", external(entry)]
    ),
  ];
  const authorities = [
    ["CERTIFICATE AUTHORITY", "EXPIRES", "RESIDUAL TIME", "EXTERNALLY MANAGED"],
    ...certificateAuthorities.map((entry) =>
      entry.missing ? [`!MISSING! ${entry.name}`] : [entry.name, date(entry), span(entry), external(entry)]
    ),
  ];
  return `${columns(leaves)}\n\n${columns(authorities)}`;
}
