'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useConnection, useSignMessage } from 'wagmi';
import { readSession, signIn, signOut, type Session } from './session-client.ts';

const KEY = ['session'];

/** The session of the connected account: another account's counts for none. */
export function useSession() {
  const { address } = useConnection();
  const queries = useQueryClient();
  const { mutateAsync: signMessage } = useSignMessage();
  const { data } = useQuery({ queryKey: KEY, queryFn: readSession });
  const keep = (session: Session) => queries.setQueryData(KEY, session);
  const signingIn = useMutation({
    mutationFn: () => {
      if (!address) throw new Error('Connect a wallet first.');
      return signIn(address, (message) => signMessage({ message }));
    },
    onSuccess: keep,
  });
  const signingOut = useMutation({ mutationFn: signOut, onSuccess: keep });
  const session = data && data.account === address ? data : undefined;
  return { address, session, isKnown: data !== undefined, signingIn, signingOut };
}
