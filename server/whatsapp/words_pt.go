package whatsapp

func wordsPortuguese(why reason) words {
	switch why {
	case reasonNoConnection:
		return words{"Não foi possível falar com o WhatsApp.", "Nada foi enviado. Uma nova tentativa é feita sozinha; se persistir, avise o administrador."}
	case reasonNoAnswer:
		return words{"O WhatsApp não confirmou o recebimento.", "A mensagem pode ou não ter sido enviada. Confirme com o cliente antes de enviar de novo."}
	case reasonGateway:
		return words{"O endereço configurado para o WhatsApp não respondeu como esperado.", "Avise o administrador: confira o endereço da API e o proxy da rede."}
	case reasonTemporary:
		return words{"O WhatsApp está com instabilidade.", "Uma nova tentativa é feita sozinha; se persistir, envie de novo mais tarde."}
	case reasonAccountRate:
		return words{"O limite de chamadas da conta do WhatsApp foi atingido.", "Aguarde alguns minutos; o envio continua sozinho."}
	case reasonNumberRate:
		return words{"Este número da empresa está enviando mensagens rápido demais.", "Aguarde; o envio continua sozinho."}
	case reasonPairRate:
		return words{"Muitas mensagens seguidas para este cliente.", "Aguarde alguns segundos; o envio continua sozinho. Prefira juntar o texto em uma só mensagem."}
	case reasonToken:
		return words{"A senha de acesso ao WhatsApp (token) é inválida ou venceu.", "Avise o administrador: ele precisa cadastrar um novo token para este número."}
	case reasonPermission:
		return words{"A conta do WhatsApp não tem permissão para esta operação.", "Avise o administrador: confira as permissões do aplicativo na Meta."}
	case reasonPolicy:
		return words{"A Meta bloqueou a conta do WhatsApp da empresa.", "Avise o administrador: veja o motivo no Gerenciador do WhatsApp e peça a revisão."}
	case reasonCountry:
		return words{"A empresa não pode enviar mensagens para o país deste cliente.", "Use outro canal de contato. O administrador vê a restrição no Gerenciador do WhatsApp."}
	case reasonPayment:
		return words{"Há um problema com o pagamento da conta do WhatsApp.", "Avise o administrador: confira a forma de pagamento na Meta."}
	case reasonRegistration:
		return words{"O número da empresa não está registrado corretamente no WhatsApp.", "Avise o administrador: ele precisa refazer o registro do número."}
	case reasonDisplayName:
		return words{"O nome de exibição do número da empresa ainda não foi aprovado.", "Avise o administrador: acompanhe a aprovação no Gerenciador do WhatsApp."}
	case reasonNumberGone:
		return words{"O número, a conta ou o arquivo não existe na Meta ou não pode ser acessado.", "Avise o administrador: confira os códigos da conta e as permissões do token."}
	case reasonSpam:
		return words{"A Meta limitou este número porque clientes bloquearam ou denunciaram mensagens.", "Pare de iniciar atendimentos por este número e avise o administrador."}
	case reasonWindowClosed:
		return words{"A janela de 24 horas deste cliente está fechada.", "Envie um modelo para retomar a conversa e aguarde a resposta."}
	case reasonUndeliverable:
		return words{"Este número não tem WhatsApp ou não pode receber a mensagem.", "Confira o DDD e o nono dígito; se estiverem certos, peça ao cliente que atualize o WhatsApp ou use outro canal."}
	case reasonEngagement:
		return words{"O WhatsApp não entregou: este cliente já recebeu muitas mensagens de marketing.", "Aguarde pelo menos 24 horas ou use um modelo de utilidade. Repetir agora não adianta."}
	case reasonMarketingStopped:
		return words{"Este cliente pediu para não receber mensagens de marketing.", "Use somente modelos de utilidade com este cliente."}
	case reasonExperiment:
		return words{"O WhatsApp não entrega esta mensagem a este cliente por causa de um teste da Meta.", "Use um modelo de utilidade ou fale com o cliente por outro canal."}
	case reasonDevice:
		return words{"A mensagem não chegou a um dos aparelhos do cliente.", "Confirme com o cliente se ele recebeu; se não, envie de novo."}
	case reasonSameNumber:
		return words{"O número do cliente é o próprio número da empresa.", "Confira o telefone do cliente."}
	case reasonBadRequest:
		return words{"O WhatsApp não aceitou a mensagem como foi montada.", "Confira o conteúdo e tente de novo; se persistir, avise o administrador."}
	case reasonBadValue:
		return words{"Um dos valores da mensagem não é aceito pelo WhatsApp.", "Confira o telefone e o conteúdo e tente de novo."}
	case reasonUnsupported:
		return words{"Este tipo de mensagem não é aceito pelo WhatsApp.", "Envie de outra forma, por exemplo como texto ou documento."}
	case reasonNotAllowed:
		return words{"Este é um número de teste e o cliente não está na lista de destinatários permitidos.", "Avise o administrador: inclua o telefone na lista de teste da Meta ou use um número definitivo."}
	case reasonMediaDownload:
		return words{"O arquivo não pôde ser baixado.", "Peça que o arquivo seja enviado de novo, menor que 100 MB."}
	case reasonMediaUpload:
		return words{"O WhatsApp não aceitou o arquivo.", "Confira o formato e o tamanho do arquivo e envie de novo, se preciso como documento."}
	case reasonUnavailable:
		return words{"O WhatsApp não mostrou esta mensagem.", "Ela pode chegar em seguida; se não chegar, peça que o cliente envie de novo."}
	case reasonNeedsPhone:
		return words{"Este modelo só pode ser enviado a um número de telefone.", "Informe o telefone do cliente e tente de novo."}
	case reasonVariables:
		return words{"Os campos preenchidos não combinam com o modelo.", "Confira os campos; se estiverem certos, o modelo mudou na Meta: escolha-o de novo."}
	case reasonTemplateMissing:
		return words{"Este modelo não existe mais neste idioma ou não está aprovado pela Meta.", "Escolha outro modelo e avise o supervisor."}
	case reasonTemplateTooLong:
		return words{"O texto do modelo ficou longo demais com os valores preenchidos.", "Encurte os valores e tente de novo."}
	case reasonTemplatePolicy:
		return words{"Os valores preenchidos não seguem as regras da Meta para modelos.", "Reescreva os valores, sem quebras de linha nem símbolos fora do comum."}
	case reasonTemplatePaused:
		return words{"A Meta pausou este modelo por baixa qualidade.", "Escolha outro modelo e avise o supervisor."}
	case reasonTemplateDisabled:
		return words{"A Meta desativou este modelo.", "Escolha outro modelo e avise o supervisor."}
	case reasonTemplateFlow:
		return words{"O formulário ligado a este modelo está bloqueado ou limitado pela Meta.", "Escolha outro modelo e avise o administrador."}
	case reasonTemplateRefused:
		return words{"A Meta não aceitou a definição deste modelo.", "Escolha outro modelo e avise o administrador."}
	case reasonPaymentTerms:
		return words{"Os termos de pagamento do WhatsApp não foram aceitos.", "Avise o administrador: aceite os termos no Gerenciador do WhatsApp."}
	}
	return words{"O WhatsApp recusou a mensagem.", "Confira o número e o conteúdo e tente de novo; se persistir, avise o administrador."}
}
