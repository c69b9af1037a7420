import { Ago } from '@oml/ui/ago';
import { Note } from '@oml/ui/empty-state';
import { TextLink } from '#kit/links.tsx';
import { entryPath, type ShownModeration } from './shown-moderation.ts';

/** On the page of a model that is taken down: why, and where that is written. */
export function TakedownNote({ takedown }: { takedown: ShownModeration }) {
  return (
    <Note tone="risk" role="alert" data-testid="model-taken-down">
      <p>
        The operator of this site took this model off its lists, search and demo <Ago at={takedown.at} />
        {takedown.until ? (
          <>
            , until <Ago at={takedown.until} />
          </>
        ) : null}
        : {takedown.reason}
      </p>
      <p className="mt-1 text-ink-soft">
        On chain nothing changed. <TextLink href={entryPath(takedown.entryId)}>The entry in the log</TextLink> says who
        did it.
      </p>
    </Note>
  );
}
