// Package cloudapi stands in for Meta's WhatsApp Business Cloud API: the Graph
// endpoints a business calls, the webhooks it receives, and the phones of its
// customers. It is strict where Meta is strict and answers with Meta's own
// error bodies, so that what works against it has a fair chance against Meta.
//
// A Server is an http.Handler. Everything it does can also be steered by Go
// methods (tests run it in-process) and by JSON under /simulator/ (see the
// README beside this package). It is safe for concurrent use.
//
//	sim := cloudapi.New(cloudapi.Options{})
//	defer sim.Close()
//	ts := httptest.NewServer(sim)
//	number := sim.AddNumber(cloudapi.Number{})
//	err := sim.Subscribe(number.WABAID, callbackURL, verifyToken)
//	phone := sim.Phone("+5511987654321")
//	wamid, err := phone.Reply("oi")
//
// Where Meta's documentation and recorded traffic differ, recorded traffic wins.
package cloudapi
