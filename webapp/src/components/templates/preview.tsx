import React from 'react';

/** A message as WhatsApp shows it. The web client's own Markdown draws it; without that, the plain text is shown. */
export const Preview = ({text}: {text: string}) => {
    const utils = window.PostUtils;
    return (
        <div className={`WhatsappAtivoAdmin__bubble${utils ? '' : ' WhatsappAtivoAdmin__bubble--plain'}`}>
            {utils ? utils.messageHtmlToComponent(utils.formatText(text, {mentionHighlight: false, atMentions: false}), {mentions: false}) : text}
        </div>
    );
};
