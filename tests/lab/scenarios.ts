/**
 * Every scenario there is, in the order they run.
 *
 * @module
 */

import type { Scenario } from "./scenario.ts";
import { scenario as bundle } from "./scenarios/bundle.ts";
import { scenario as certs } from "./scenarios/certs.ts";
import { scenario as docs } from "./scenarios/docs.ts";
import { scenario as externalCA } from "./scenarios/external_ca.ts";
import { scenario as failpoints } from "./scenarios/failpoints.ts";
import { scenario as pairs } from "./scenarios/pairs.ts";
import { scenario as hostMatrix } from "./scenarios/host_matrix.ts";
import { scenario as init } from "./scenarios/init.ts";
import { scenario as interop } from "./scenarios/interop.ts";
import { scenario as interopFuzz } from "./scenarios/interop_fuzz.ts";
import { scenario as interopJoin } from "./scenarios/interop_join.ts";
import { scenario as join } from "./scenarios/join.ts";
import { scenario as kill } from "./scenarios/kill.ts";
import { scenario as killRename } from "./scenarios/kill_rename.ts";
import { scenario as patches } from "./scenarios/patches.ts";
import { scenario as phases } from "./scenarios/phases.ts";
import { scenario as peer } from "./scenarios/peer.ts";
import { scenario as registry } from "./scenarios/registry.ts";
import { scenario as reset } from "./scenarios/reset.ts";
import { scenario as resetKubeadm } from "./scenarios/reset_kubeadm.ts";
import { scenario as resetKill } from "./scenarios/reset_kill.ts";
import { scenario as resetRenamed } from "./scenarios/reset_renamed.ts";
import { scenario as resetUnfinished } from "./scenarios/reset_unfinished.ts";
import { scenario as signals } from "./scenarios/signals.ts";
import { scenario as status } from "./scenarios/status.ts";
import { scenario as preflight } from "./scenarios/preflight.ts";
import { scenario as discovery } from "./scenarios/discovery.ts";
import { scenario as token } from "./scenarios/token.ts";
import { scenario as uploadCerts } from "./scenarios/upload_certs.ts";
import { TROUBLE } from "./scenarios/trouble.ts";

export const SCENARIOS: readonly Scenario[] = [
  init,
  join,
  token,
  discovery,
  docs,
  preflight,
  hostMatrix,
  certs,
  externalCA,
  patches,
  uploadCerts,
  phases,
  peer,
  interop,
  interopJoin,
  interopFuzz,
  bundle,
  registry,
  reset,
  resetKubeadm,
  resetKill,
  resetRenamed,
  resetUnfinished,
  status,
  kill,
  signals,
  killRename,
  pairs,
  failpoints,
  ...TROUBLE,
];
