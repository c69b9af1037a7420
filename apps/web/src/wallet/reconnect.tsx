'use client';
import { useEffect, useRef } from 'react';
import { useConfig, useConnectors, useReconnect } from 'wagmi';

/**
 * Takes up the connection of the last visit, with that wallet alone: asking every wallet that happens to know this page
 * would connect one the
 * visitor never chose here, and make the button jump while it is being pressed.
 */
export function Reconnect() {
  const connectors = useConnectors();
  const { storage } = useConfig();
  const { mutate: reconnect } = useReconnect();
  const tried = useRef(false);
  useEffect(() => {
    if (tried.current || connectors.length === 0) return;
    void Promise.resolve(storage?.getItem('recentConnectorId')).then((recent) => {
      const connector = connectors.find(({ id }) => id === recent);
      if (!connector || tried.current) return;
      tried.current = true;
      reconnect({ connectors: [connector] });
    });
  }, [connectors, reconnect, storage]);
  return null;
}
