import Markdown from 'react-markdown';

/** A model card: text by whoever published it. Images are left out, since they would call other servers; links say so. */
export function ModelCard({ text }: { text: string }) {
  return (
    <div className="card-text max-w-[72ch] text-sm">
      <Markdown
        disallowedElements={['img']}
        components={{
          a: ({ href, children }) => (
            <a href={href} rel="nofollow noopener noreferrer ugc" target="_blank">
              {children}
            </a>
          ),
          h1: ({ children }) => <h3>{children}</h3>,
          h2: ({ children }) => <h4>{children}</h4>,
          h3: ({ children }) => <h5>{children}</h5>,
        }}
      >
        {withoutFrontMatter(text)}
      </Markdown>
    </div>
  );
}

/** Hugging Face cards begin with YAML between two lines of dashes. */
function withoutFrontMatter(text: string): string {
  return text.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, '');
}
