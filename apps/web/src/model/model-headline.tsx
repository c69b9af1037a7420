import { Ago } from '@oml/ui/ago';
import { AccountLink } from '#kit/links.tsx';
import { kindWords, registeredWords } from './model-words.ts';
import type { ListedModel } from './shown-model.ts';

/** What a model is, in one line: task, licence, languages, whose it is, since when. */
export function ModelHeadline({ model }: { model: ListedModel }) {
  const { task, license, languages } = model.facts;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span>{task ?? kindWords(model.kind)}</span>
      {license ? <span>{license}</span> : null}
      {languages.length > 0 ? <span>{languages.join(', ')}</span> : null}
      {model.registered ? (
        <span className="font-mono text-ink" data-testid="model-registered">
          {registeredWords(model.registered)}
        </span>
      ) : null}
      <span>model {String(model.modelId)}</span>
      <span className="inline-flex items-center gap-1">
        by <AccountLink account={model.owner} label="owner" />
      </span>
      <span>
        minted <Ago at={model.mintedAt} />
      </span>
    </p>
  );
}
