package whatsapp

func wordsEnglish(why reason) words {
	switch why {
	case reasonNoConnection:
		return words{"WhatsApp could not be reached.", "Nothing was sent. It is tried again by itself; if it goes on, tell the administrator."}
	case reasonNoAnswer:
		return words{"WhatsApp did not confirm that it took the message.", "It may or may not have been sent. Ask the customer before you send it again."}
	case reasonGateway:
		return words{"The address set for WhatsApp did not answer as expected.", "Tell the administrator: check the API address and the network's proxy."}
	case reasonTemporary:
		return words{"WhatsApp has a temporary problem.", "It is tried again by itself; if it goes on, send it again later."}
	case reasonAccountRate:
		return words{"The WhatsApp account has reached its limit of calls.", "Wait some minutes; sending goes on by itself."}
	case reasonNumberRate:
		return words{"This business number is sending too fast.", "Wait; sending goes on by itself."}
	case reasonPairRate:
		return words{"Too many messages in a row to this customer.", "Wait some seconds; sending goes on by itself. Put the text into one message where you can."}
	case reasonToken:
		return words{"The access token for WhatsApp is wrong or has expired.", "Tell the administrator: this number needs a new token."}
	case reasonPermission:
		return words{"The WhatsApp account may not do this.", "Tell the administrator: check the app's permissions at Meta."}
	case reasonPolicy:
		return words{"Meta has locked the company's WhatsApp account.", "Tell the administrator: see the reason in WhatsApp Manager and ask for a review."}
	case reasonCountry:
		return words{"The company may not send messages to this customer's country.", "Use another channel. The administrator sees the restriction in WhatsApp Manager."}
	case reasonPayment:
		return words{"There is a payment problem with the WhatsApp account.", "Tell the administrator: check the payment method at Meta."}
	case reasonRegistration:
		return words{"The business number is not properly registered with WhatsApp.", "Tell the administrator: the number must be registered again."}
	case reasonDisplayName:
		return words{"The display name of the business number is not approved yet.", "Tell the administrator: follow the approval in WhatsApp Manager."}
	case reasonNumberGone:
		return words{"The number, account or file does not exist at Meta or cannot be reached.", "Tell the administrator: check the account's ids and the token's permissions."}
	case reasonSpam:
		return words{"Meta has limited this number because customers blocked or reported its messages.", "Start no more conversations from this number and tell the administrator."}
	case reasonWindowClosed:
		return words{"The 24-hour window of this customer is closed.", "Send a template to take the conversation up again, and wait for the answer."}
	case reasonUndeliverable:
		return words{"This number has no WhatsApp or cannot receive the message.", "Check the area code and the ninth digit; if they are right, ask the customer to update WhatsApp or use another channel."}
	case reasonEngagement:
		return words{"WhatsApp did not deliver it: this customer has had many marketing messages already.", "Wait 24 hours at least, or use a utility template. Sending again now does not help."}
	case reasonMarketingStopped:
		return words{"This customer asked for no marketing messages.", "Use only utility templates with this customer."}
	case reasonExperiment:
		return words{"WhatsApp does not deliver this message to this customer because of a trial at Meta.", "Use a utility template, or reach the customer through another channel."}
	case reasonDevice:
		return words{"The message did not reach one of the customer's devices.", "Ask the customer whether it came; if not, send it again."}
	case reasonSameNumber:
		return words{"The customer's number is the business number itself.", "Check the customer's phone number."}
	case reasonBadRequest:
		return words{"WhatsApp did not take the message in this form.", "Check the content and try again; if it goes on, tell the administrator."}
	case reasonBadValue:
		return words{"WhatsApp does not take one of the values in the message.", "Check the phone number and the content and try again."}
	case reasonUnsupported:
		return words{"WhatsApp does not take this kind of message.", "Send it in another form, such as text or a document."}
	case reasonNotAllowed:
		return words{"This is a test number and the customer is not on its list of recipients.", "Tell the administrator: add the phone to Meta's test list, or use a real number."}
	case reasonMediaDownload:
		return words{"The file could not be downloaded.", "Ask for it to be sent again, smaller than 100 MB."}
	case reasonMediaUpload:
		return words{"WhatsApp did not take the file.", "Check its format and size and send it again, as a document if need be."}
	case reasonUnavailable:
		return words{"WhatsApp did not show this message.", "It may come in a moment; if not, ask the customer to send it again."}
	case reasonNeedsPhone:
		return words{"This template can only be sent to a phone number.", "Give the customer's phone number and try again."}
	case reasonVariables:
		return words{"The fields do not fit the template.", "Check the fields; if they are right, the template has changed at Meta: choose it again."}
	case reasonTemplateMissing:
		return words{"This template no longer exists in this language or is not approved by Meta.", "Choose another template and tell the supervisor."}
	case reasonTemplateTooLong:
		return words{"The template's text is too long with these values.", "Shorten the values and try again."}
	case reasonTemplatePolicy:
		return words{"The values do not follow Meta's rules for templates.", "Write them again, without line breaks or unusual symbols."}
	case reasonTemplatePaused:
		return words{"Meta has paused this template because of its low quality.", "Choose another template and tell the supervisor."}
	case reasonTemplateDisabled:
		return words{"Meta has disabled this template.", "Choose another template and tell the supervisor."}
	case reasonTemplateFlow:
		return words{"The form behind this template is blocked or throttled by Meta.", "Choose another template and tell the administrator."}
	case reasonTemplateRefused:
		return words{"Meta did not accept the definition of this template.", "Choose another template and tell the administrator."}
	case reasonPaymentTerms:
		return words{"The payment terms of WhatsApp have not been accepted.", "Tell the administrator: accept the terms in WhatsApp Manager."}
	}
	return words{"WhatsApp refused the message.", "Check the number and the content and try again; if it goes on, tell the administrator."}
}
