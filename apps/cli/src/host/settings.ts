import { OmlError } from '@oml/protocol/error';
import { resolve } from 'node:path';
import type { HostFolder } from './folder.ts';

/** What is told on the command line and kept for the next time. */
export interface SettingFlags {
  rpc?: string;
  deployment?: string;
  endpoint?: string;
  port?: string;
  listen?: string;
}

/** What a host is set to, from flags, environment and `host.env`, in this order. */
export interface Settings extends Record<string, string> {
  RPC_URL: string;
  /** Absolute. */
  OML_DEPLOYMENT: string;
  DATA_DIR: string;
}

const DEFAULTS = { PORT: '4301', METRICS_PORT: '9464' };

/** Reads the settings and keeps what the flags say. Throws ENV_MISSING, which names what to give. */
export function settle(folder: HostFolder, flags: SettingFlags): Settings {
  const told = {
    RPC_URL: flags.rpc,
    OML_DEPLOYMENT: flags.deployment,
    PUBLIC_URL: flags.endpoint?.replace(/\/+$/, ''),
    PORT: flags.port,
    HOST: flags.listen,
  };
  const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
  const all: Record<string, string> = { ...DEFAULTS, ...folder.settings(), ...given, DATA_DIR: folder.dataDir };
  const { RPC_URL, OML_DEPLOYMENT } = all;
  if (!RPC_URL || !OML_DEPLOYMENT) {
    const missing = [
      ...(RPC_URL ? [] : ['--rpc URL (a node of the chain)']),
      ...(OML_DEPLOYMENT ? [] : ['--deployment FILE (the addresses of the contracts)']),
    ];
    throw new OmlError('ENV_MISSING', `Give ${missing.join(' and ')} once; what is given is kept.`);
  }
  const settings = { ...all, RPC_URL, OML_DEPLOYMENT: resolve(OML_DEPLOYMENT), DATA_DIR: folder.dataDir };
  const { RPC_URL: rpc, PUBLIC_URL: endpoint, PORT: port, HOST: listen } = given;
  if (Object.keys(given).length > 0)
    folder.keepSettings({
      ...(rpc ? { RPC_URL: rpc } : {}),
      ...(flags.deployment ? { OML_DEPLOYMENT: settings.OML_DEPLOYMENT } : {}),
      ...(endpoint ? { PUBLIC_URL: endpoint } : {}),
      ...(port ? { PORT: port } : {}),
      ...(listen ? { HOST: listen } : {}),
    });
  return settings;
}
