package e2e_test

import (
	"context"
	"net/http"
	"net/url"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/mytijian"
)

func mytijianClauses() map[string]clause {
	tasks := clause{
		says: func(_ context.Context, w *world) []said {
			path := "/open-api/V2/ws/agentManager/hospitalTaskList?accessToken=" + url.QueryEscape(secret("mytijian", "accessTokens"))
			return []said{heard("listHospitalTasks", w.send(sent{method: http.MethodPost, path: path}))}
		},
		reads: func(ctx context.Context, w *world) any {
			GinkgoHelper()
			list, err := mytijianClient(w.url, secret("mytijian", "accessTokens"), adapters.Config{}).ListHospitalTasks(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(list).NotTo(BeEmpty())
			for i := range list {
				list[i].Raw = nil
				Expect(list[i].ID).NotTo(BeZero())
				Expect(list[i].Created).NotTo(BeZero())
			}
			return list
		},
	}
	return map[string]clause{"T-4": tasks, "T-5": tasks, "T-8": tasks}
}

func mytijianReadings() map[string]reading {
	says := func(pattern string) map[string]string { return map[string]string{"listHospitalTasks": pattern} }
	return map[string]reading{
		"T-4=list":   {form: says(`"data":\[\{"`)},
		"T-4=object": {form: says(`"data":\{"`), of: func(all any) any { return all.([]mytijian.Task)[:1] }},
		"T-5=number": {form: says(`"id":\d+[,}]`)},
		"T-5=text":   {form: says(`"id":"\d+"[,}]`)},
		"T-8=millis": {form: says(`"gmtCreated":\d{13}[,}]`)},
		"T-8=text":   {form: says(`"gmtCreated":"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"`)},
	}
}
