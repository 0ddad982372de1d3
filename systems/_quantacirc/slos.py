"""What QuantaCirc promises to those who run it, and how much of it may fail."""

from watchwright.slo import Latency, Ratio, Slo

from .metrics import (
    execution_duration,
    executions,
    llm_requests,
    message_duration,
    messages,
    provider,
    verifications,
)

# Of the five components: what short runs push is their own, and may fail
AGENTS = {"job": "quantacirc-agents"}
MESSAGING = {"job": "quantacirc-messaging"}
VERIFICATION = {"job": "quantacirc-verification"}
LLM = {"job": "quantacirc-llm"}

answered = llm_requests.where(**LLM)
delivered = messages.where(**MESSAGING)
executed = executions.where(**AGENTS)
verified = verifications.where(**VERIFICATION)

llm = Slo(
    "llm-requests",
    title="Language models answer",
    objective=99,  # providers promise 99.5 at best, and one in two hundred is ours
    by=[provider],
    sli=Ratio(bad=answered.where(status="error"), total=answered),
    check_first=["Is one provider failing? Its status page says more than our logs; the router can leave it out."],
)
message_success = Slo(
    "message-success",
    title="Messages are processed",
    objective=99.5,  # on a good day one in five hundred fails and is redelivered
    sli=Ratio(bad=delivered.where(status=["error", "timeout"]), total=delivered),
)
message_latency = Slo(
    "message-latency",
    title="Messages are processed in time",
    objective=99,
    sli=Latency(message_duration.where(**MESSAGING), below="500ms"),  # an agent waits for two of them in a step
)
agent_success = Slo(
    "agent-success",
    title="Agents act without an error",
    objective=99,
    # one that took no action counts as done: only failures are bad
    sli=Ratio(bad=executed.where(result="failure"), total=executed),
    depends_on=[llm, message_success],
)
agent_latency = Slo(
    "agent-latency",
    title="Agents act in time",
    objective=95,
    sli=Latency(execution_duration.where(**AGENTS), below="60s"),  # the scheduler gives up at 300 s
)
verification = Slo(
    "verification",
    title="Proposals verify",
    objective=95,  # what is refused is worked out again: one in twenty costs a run some minutes a day
    sli=Ratio(good=verified.where(result="pass"), total=verified),
)

slos = [agent_success, agent_latency, message_success, message_latency, llm, verification]
