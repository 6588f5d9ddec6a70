'use strict';
// The page's texts; ?lang=en chooses English.
const language = new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'pt-BR';
const texts = {
  'pt-BR': {
    title: 'Telefones', addPhone: 'Adicionar', newNumber: '+55 11 98765-4321', newName: 'Nome do cliente', writesTo: 'Escreve para',
    markRead: 'Marcar como lida', attach: 'Enviar arquivo', message: 'Mensagem', send: 'Enviar', choose: 'Escolha um telefone, ou adicione um.',
    clock: 'Relógio', person: 'Cliente', faults: 'Falhas da API', times: 'vezes', switchOn: 'Ligar', clearFaults: 'Desligar todas',
    webhooks: 'Webhooks', hold: 'Reter', release: 'Soltar', automatic: 'Enviar status sozinho', bill: 'Conta',
    realTime: 'Agora', windowOpen: 'Janela aberta até', windowClosed: 'Janela fechada', noFaults: 'Nenhuma falha ligada.',
    left: (n) => n < 0 ? 'sempre' : n + '×', hooks: (h) => h.held + ' retidos, ' + h.pending + ' a entregar, ' + h.failing + ' recusados até agora',
    billLine: (n, billed) => n + ' entregues, ' + billed + ' cobradas', nothing: 'Nada ainda.', edited: 'editada', revoked: 'Mensagem apagada',
    quoteAction: 'Responder', reactAction: 'Reagir', editAction: 'Editar', revokeAction: 'Apagar', editPrompt: 'Novo texto',
    unsupported: 'Mensagem não compatível', document: 'Documento', voice: 'Mensagem de voz', template: 'Modelo',
    off: 'Telefone desligado', blocked: 'Bloqueou o número', no_marketing: 'Parou o marketing', drop_ninth_digit: 'Sem o nono dígito', hide_number: 'Esconde o número', not_on_whatsapp: 'Não tem WhatsApp',
    fault: {http: 'Erro HTTP 500', http_html: 'Erro 502 em HTML', rate_limit: 'Limite (429)', cut_before: 'Conexão cai antes de aceitar', cut_after: 'Conexão cai depois de aceitar', delay: 'Demora 5 s', late: 'Resposta atrasa 5 s', window: 'Recusa 131047 (janela)', undeliverable: 'Falha 131026 depois'},
  },
  en: {
    title: 'Phones', addPhone: 'Add', newNumber: '+55 11 98765-4321', newName: "Customer's name", writesTo: 'Writes to',
    markRead: 'Mark as read', attach: 'Send a file', message: 'Message', send: 'Send', choose: 'Choose a phone, or add one.',
    clock: 'Clock', person: 'Customer', faults: 'API faults', times: 'times', switchOn: 'Switch on', clearFaults: 'Switch all off',
    webhooks: 'Webhooks', hold: 'Hold', release: 'Release', automatic: 'Send statuses by itself', bill: 'Bill',
    realTime: 'Now', windowOpen: 'Window open until', windowClosed: 'Window closed', noFaults: 'No fault is on.',
    left: (n) => n < 0 ? 'always' : n + '×', hooks: (h) => h.held + ' held, ' + h.pending + ' to deliver, ' + h.failing + ' refused so far',
    billLine: (n, billed) => n + ' delivered, ' + billed + ' charged', nothing: 'Nothing yet.', edited: 'edited', revoked: 'Message deleted',
    quoteAction: 'Reply', reactAction: 'React', editAction: 'Edit', revokeAction: 'Delete', editPrompt: 'New text',
    unsupported: 'Unsupported message', document: 'Document', voice: 'Voice message', template: 'Template',
    off: 'Phone is off', blocked: 'Blocked the number', no_marketing: 'Stopped marketing', drop_ninth_digit: 'Without the ninth digit', hide_number: 'Hides the number', not_on_whatsapp: 'Not on WhatsApp',
    fault: {http: 'HTTP error 500', http_html: 'Error 502 in HTML', rate_limit: 'Limit (429)', cut_before: 'Connection ends before acceptance', cut_after: 'Connection ends after acceptance', delay: 'Takes 5 s', late: 'Answers 5 s late', window: 'Refuses with 131047 (window)', undeliverable: 'Fails with 131026 later'},
  },
}[language];
